"""Widgets that paint what the view made."""
