"""The conversation as lines for people, on standard output."""


def show(who, frame):
    """What a frame says, without most of its numbers."""
    print(f"{who:>3}  {told(frame)}", flush=True)


def told(frame):
    match frame["frame"]:
        case "hello":
            return f"hello of {frame['name']}, schema {frame['schema']}"
        case "start":
            return f"start of {frame['mission']['name']}, epoch {frame['epoch']}"
        case "grant":
            bodies = [each["body"] for each in frame["inbox"]]
            return f"grant {frame['number']} at {frame['t_ns'] * 1e-9:.1f} s: {listed(bodies)}"
        case "reply":
            bodies = [each["body"] for each in frame["reaction"]["messages"]]
            return f"reply {frame['number']}: {listed(bodies)}"
    return frame["frame"]


def listed(bodies):
    return ", ".join(f"{body['kind']}{details(body)}" for body in bodies) or "nothing"


def details(body):
    match body["kind"]:
        case "telecommand":
            return f" {body['command']} {body['name']}"
        case "command_report":
            return f" {body['command']} {body['stage']}"
        case "phase_changed":
            return f" {body['previous']} -> {body['phase']} ({body['cue']})"
        case "arm_command":
            return f" {body['mode']}"
        case "arm_state":
            held = ["latched"] if body["latched"] else []
            return "".join(f" {each}" for each in [*body["events"], *held])
    return ""
