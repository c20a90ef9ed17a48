"""Which check rules hold for the national numbers of which country."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from stdnum.bg import egn
from stdnum.by import unp
from stdnum.de import idnr
from stdnum.de import vat as de_vat
from stdnum.dk import cpr, cvr
from stdnum.ee import ik, kmkr, registrikood
from stdnum.fi import alv, hetu, ytunnus
from stdnum.is_ import kennitala, vsk
from stdnum.lt import asmens, pvm
from stdnum.lv import pvn
from stdnum.md import idno
from stdnum.no import fodselsnummer, mva, orgnr
from stdnum.pl import nip, pesel, regon
from stdnum.ro import cnp
from stdnum.ru import inn, ogrn
from stdnum.se import orgnr as se_orgnr
from stdnum.se import personnummer
from stdnum.se import vat as se_vat
from stdnum.ua import edrpou, rntrc

from node.codes import IdentifierType


class Scheme(Protocol):
    """A module of python-stdnum."""

    def is_valid(self, number: str, /) -> bool:
        """Whether the number keeps to the scheme."""


#: Country -> rules. Latvia's personal codes stand in its rule for tax numbers, as in the library.
Schemes = Mapping[str, tuple[Scheme, ...]]

_PERSONS: Schemes = MappingProxyType(
    {
        "bg": (egn,),
        "dk": (cpr,),
        "ee": (ik,),
        "fi": (hetu,),
        "is": (kennitala,),
        "lt": (asmens,),
        "lv": (pvn,),
        "md": (idno,),
        "no": (fodselsnummer,),
        "pl": (pesel,),
        "ro": (cnp,),
        "se": (personnummer,),
    }
)

_TAX: Schemes = MappingProxyType(
    {
        "by": (unp,),
        "de": (de_vat, idnr),
        "dk": (cvr, cpr),
        "ee": (kmkr, registrikood, ik),
        "fi": (alv, ytunnus, hetu),
        "is": (vsk, kennitala),
        "lt": (pvm, asmens),
        "lv": (pvn,),
        "md": (idno,),
        "no": (mva, orgnr, fodselsnummer),
        "pl": (nip, pesel),
        "ru": (inn,),
        "se": (se_vat, se_orgnr, personnummer),
        "ua": (rntrc, edrpou),
    }
)

_REGISTRATION: Schemes = MappingProxyType(
    {
        "by": (unp,),
        "dk": (cvr,),
        "ee": (registrikood,),
        "fi": (ytunnus,),
        "is": (kennitala,),
        "lv": (pvn,),
        "md": (idno,),
        "no": (orgnr,),
        "pl": (regon, nip),
        "ru": (ogrn, inn),
        "se": (se_orgnr,),
        "ua": (edrpou,),
    }
)

BY_COUNTRY: Mapping[str, Schemes] = MappingProxyType(
    {
        IdentifierType.NATIONAL_ID: _PERSONS,
        IdentifierType.TAX: _TAX,
        IdentifierType.REGISTRATION: _REGISTRATION,
    }
)

#: Country -> how many letters and digits the number of a person has.
LENGTHS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "bg": (10,),
        "dk": (10,),
        "ee": (11,),
        "fi": (10, 11),
        "is": (10,),
        "lt": (11,),
        "lv": (11,),
        "md": (13,),
        "no": (11,),
        "pl": (11,),
        "ro": (13,),
        "se": (10, 12),
    }
)

#: Where numbers without any check digit are in use beside those that have one.
UNSETTLED = frozenset({(IdentifierType.TAX, "de")})
