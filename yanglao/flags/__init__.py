"""What looks wrong: raised by any later package, settled by people; nothing is refused or paid by a flag alone."""
