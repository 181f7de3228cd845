"""Who was in the room, from when to when: codes, scans, presences."""
