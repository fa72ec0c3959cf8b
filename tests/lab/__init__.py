"""A simulated fleet of Windows servers that real WinRM clients talk to; shares no code with the product."""
