"""What other packages may listen to. Both are sent inside the transaction that changes the clocks; a
receiver that raises undoes the change.

``moving(subjects)``: these subjects' clocks are about to be reckoned again because the calendar changed.
Receivers lock their rows, in the order given, and do nothing else. Not sent when a clock starts, resumes,
is extended or stops: the caller of those knows.

``moved(moved)``: a list of ``Moved(clock, due_before)`` whose due moment changed and is stored. Receivers
copy the new day to where they show it and tell whom it concerns.
"""

from django.dispatch import Signal

moving = Signal()
moved = Signal()
