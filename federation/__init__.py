"""How members recognise one another and speak; nothing here knows what a record is."""
