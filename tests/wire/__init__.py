"""The twin: the policies that the roles wrote, negotiated by strongSwan and carried by a real kernel's ESP."""
