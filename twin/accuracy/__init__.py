"""How good the truth is: cases with independent numbers, and what each model is worth."""
