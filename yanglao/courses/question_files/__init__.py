"""Read question files of strangers, and write them: pasted text, Word, spreadsheets, GIFT, Moodle XML."""
