"""Recordings: write one while a run flies, read, describe and replay it."""
