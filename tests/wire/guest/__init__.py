"""What runs inside the guest kernel: hosts as network namespaces, one strongSwan each; standard library only."""
