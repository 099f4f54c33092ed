"""How well the bot understands: measured on a file of labelled sentences, and told of a single one."""
