"""`python -m uda`, which is also how torchrun starts it: `torchrun -m uda train`."""

from uda.cli import app

if __name__ == "__main__":
    app(prog_name="uda")
