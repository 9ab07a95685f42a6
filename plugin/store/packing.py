"""How profiles lie in the store: JSON made small, the words that all profiles use known beforehand."""

from __future__ import annotations

import zlib

WORDS = (
    b'"preferences":{"likes":[["category:"]],"avoids":[[]],"sizes":[{}],"channels":[["email"]]},'
    b'"sign_ins":{"https://"},"parts":{"a:":[,{}]},"into":{"m_":{"ref":"u:","since":,"until":}},'
    b'"consent":{"shopper":{"personalise":["yes",17],"profile":["no",17],"contact":["yes",17]},"shop":{}},'
    b'"traits":{"email":["@example.com",17],"first_name":["",17],"last_name":["",17],"locale":["de",17]},'
    b'"past":{"orders":,"spent":,"first_at":,"products":{"":[,,17]},"held":,"uses":},"corrected":{"":["have",'
    b'"dismissed":{"":["not_for_me",17]},"used":{"":[1,17]},"claims":{"confirmed":{"":17},"steps":[[17,"carted'
    b'",[["",1]]],[17,"uncarted","basket"],"returned":{"":{"":1}},"cancelled":true,"version":[17,""],"touched"'
    b'{"viewed":{"":1700000000.0,"":1710000000,"":1720000000,"":1730000000,"":1740000000,"":1750000000,'
    b'"":1760000000,"":1770000000,"":1780000000,"":1790000000},"orders":{"":[1790000000.0,{"":[1,1999]},1],'
    b'"seen_as":{"-4a-8b-9":1790000000.0},"joined":{"a:":["a:",1790000000.0]},"first_at":1760000000.0,'
    b'"last_at":1790000000.0,"events":1}'
)
PACKED = b"\x01"


def packed(data: bytes) -> bytes:
    """Return JSON as it is kept; short JSON as it is."""
    if len(data) < 64:
        return data
    squeezing = zlib.compressobj(6, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY, WORDS)
    return PACKED + squeezing.compress(data) + squeezing.flush()


def unpacked(data: bytes) -> bytes:
    """Return the JSON that was packed, or was never packed."""
    if not data.startswith(PACKED):
        return data
    return zlib.decompressobj(-15, WORDS).decompress(data[1:])
