"""What an agency holds and owes: its records, its people, its policy and its evidence."""
