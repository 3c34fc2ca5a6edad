"""Acts of destruction (S-5e): what was destroyed, when and why, and no word about anybody.

An act is made anew from the lines of destruction whenever it is asked for; nothing of it is
stored, and the same lines give the same file byte for byte.
"""
