"""What is known of the patient and of the practice, found in other spellings and forms."""
