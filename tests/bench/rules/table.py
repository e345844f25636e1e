#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what programs measure as one table: table.py COMMAND -- COMMAND …  Each writes lines of
"name<TAB>value<TAB>unit<TAB>target".  Nothing is asserted: a machine is as fast as it is."""

import subprocess
import sys


def commands(arguments):
    command = []
    for argument in [*arguments, "--"]:
        if argument != "--":
            command.append(argument)
        elif command:
            yield command
            command = []


def main():
    print(f"{'figure':<62} {'value':>12} {'unit':<9} goal")
    for command in commands(sys.argv[1:]):
        print("-" * 94)
        out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in out.splitlines():
            name, value, unit, target = (*line.split("\t"), "", "", "")[:4]
            number = float(value)
            shown = f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"
            print(f"{name:<62} {shown:>12} {unit:<9} {target}")


if __name__ == "__main__":
    main()
