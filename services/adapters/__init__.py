"""Laws and learners that are not Python laws: each is one file, and the core knows none of them."""
