"""Washington State Department of Health: health care provider credentials, on data.wa.gov."""

from __future__ import annotations

from crawler.socrata import SocrataSource, columns_from


class BoardWa(SocrataSource):
    """Daily copy of every credential the state ever issued; it prints no address and no city."""

    name = "board_wa"
    title = "Washington health care provider credentials"
    publisher = "Washington State Department of Health"
    covers = ("WA",)
    homepage = "https://fortress.wa.gov/doh/providercredentialsearch/"
    terms = "Open data; RCW 42.56.070(8) bars commercial use of lists of people obtained by records request."
    cadence_days = 1
    floor, ceiling = 1_000, 12_000
    host, dataset, type_column, key_columns = "data.wa.gov", "qxh8-f4bd", "credentialtype", ("credentialnumber",)
    columns = columns_from(
        "credentialnumber=license_number lastname=family_name firstname=given_name middlename=middle_name"
        " credentialtype=license_type status firstissuedate=first_issued lastissuedate=last_issued"
        " expirationdate=expires actiontaken=action_taken"
    )
    ignored = frozenset({"birthyear", "ceduedate"})
    required = frozenset({"credentialnumber", "lastname", "credentialtype", "status"})
    words = {"status": "license_status:board_wa"}
