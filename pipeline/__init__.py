"""Records become persons, claims and tags, in pandas.

    gather     the last good runs                 -> one row a record
    normalize  raw text                           -> names, places, numbers, dates, statuses
    link       which records are one human being  -> a cluster and a reason for each record
    persons    ids that never change              -> a practitioner for each cluster
    history    yesterday's tables + today's facts -> claims with first and last seen, changes
    tag        facts + rules                      -> tags, each naming its rule and its claims
    build      all of it in order                 -> the published tables

In: the data folder's runs, the rules in `pipeline/rules/*.csv`, the tables published last time. Out: tables as rows.
"""
