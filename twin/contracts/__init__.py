"""Every message on the wire, one file per conversation, and the envelope that carries them."""
