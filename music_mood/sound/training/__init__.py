"""How good the mood model is with what is heard; nothing here is loaded by the app."""
