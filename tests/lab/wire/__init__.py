"""How a simulated host is reached: HTTP, authentication, WS-Management and its remote shell."""
