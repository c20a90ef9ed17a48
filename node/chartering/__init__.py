"""How the charter changes: proposed, signed, put in force, renewed, told to who missed it."""
