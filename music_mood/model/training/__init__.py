"""How the mood model is made and measured; nothing here is imported while serving."""
