"""Evidence: everything one answer rests on, in one archive with which anybody can make the verdict again offline.

shapes   what a bundle holds, and what its files are called
runs     the rows and snapshots behind a person          world       what the tags looked at beside the person
applied  the rules as the build applied them             words       README.txt and answer.txt
pack     the archive, the same bytes each time           made_again  the person's tables out of the rows
replay   the same in a process of its own, with the bundle's own rules, compared with what was published
"""
