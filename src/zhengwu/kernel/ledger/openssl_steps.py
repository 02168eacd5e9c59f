"""How to check a proof with OpenSSL and a shell alone: the commands shown on the page, which a test really runs.

They rely on a proof being delivered in canonical form: one line, keys sorted, so that ``sed`` finds each part.
"""

from typing import NamedTuple


class Step(NamedTuple):
    """A heading, why it is done, the commands, and what they must print."""

    title: str
    why: str
    command: str
    expect: str


_SPKI = "3059301306072a8648ce3d020106082a811ccf5501822d034200"  # DER before the 65 bytes of an SM2 public key

STEPS = (
    Step("取出证明的各个部分",
         "证明文件 proof.json 是一行文字，各项按名称排好顺序。下面的命令把它拆开，不改动任何内容。",
         r"""one() { sed "s/.*,\"format\":\"zhengwu-proof\/1\",//; $1" proof.json; }
sed 's/^{"event":\(.*\),"format":"zhengwu-proof\/1",.*$/\1/' proof.json | tr -d '\n' > event.txt
HASH=$(one 's/^"hash":"\([0-9a-f]*\)".*/\1/')
PREV=$(one 's/.*},"prev":"\([0-9a-f]*\)".*/\1/')
COUNT=$(one 's/.*"leaf":{"count":\([0-9]*\),.*/\1/')
INDEX=$(one 's/.*"leaf":{"count":[0-9]*,"index":\([0-9]*\),.*/\1/')
STEPS=$(one 's/.*"path":\[\([^]]*\)\].*/\1/' | tr -d '"' | tr ',' ' ')
SEAL=$(one 's/.*"seal":\({.*}\),"status".*/\1/')
part() { printf '%s' "$SEAL" | sed "s/.*\"$1\":\"*\([^\",}]*\).*/\1/"; }
bin() { xxd -r -p; }
sm3() { openssl dgst -sm3 -binary | xxd -p -c 64; }""", ""),
    Step("核对事件内容",
         "事件的摘要是对“上一事件的摘要”与“事件内容”相接之后计算的SM3值。",
         r"""FOUND=$( { printf '%s' "$PREV" | bin; cat event.txt; } | sm3 )
[ "$FOUND" = "$HASH" ] && echo 事件内容一致 || echo 事件内容不一致""", "事件内容一致"),
    Step("由事件摘要算到根摘要",
         "叶子在摘要前加一个字节00再计算，两个相邻结点在前面加一个字节01再计算，一直算到根。",
         r"""NODE=$(printf '00%s' "$HASH" | bin | sm3); I=$INDEX; W=$COUNT
for SIDE in $STEPS; do
  while [ $((I % 2)) -eq 0 ] && [ $((I + 1)) -ge "$W" ]; do I=$((I / 2)); W=$(((W + 1) / 2)); done
  if [ $((I % 2)) -eq 1 ]; then NODE=$(printf '01%s%s' "$SIDE" "$NODE" | bin | sm3)
  else NODE=$(printf '01%s%s' "$NODE" "$SIDE" | bin | sm3); fi
  I=$((I / 2)); W=$(((W + 1) / 2))
done
[ "$NODE" = "$(part root)" ] && echo 根摘要一致 || echo 根摘要不一致""", "根摘要一致"),
    Step("核对封存摘要",
         "封存摘要是对封存的七项内容按名称排序后计算的SM3值。根摘要应与封存公布页上的同号封存一致。",
         r"""FOUND=$(printf '{"at":"%s","count":%s,"first":%s,"number":%s,"prev_hash":"%s","root":"%s","upto":%s}' \
  "$(part at)" "$(part count)" "$(part first)" "$(part number)" "$(part prev_hash)" "$(part root)" \
  "$(part upto)" | sm3)
[ "$FOUND" = "$(part hash)" ] && echo 封存摘要一致 || echo 封存摘要不一致""", "封存摘要一致"),
    Step("核对签名",
         "先把公钥写成OpenSSL认识的格式，再用SM2验证封存摘要的签名。请同时核对公钥与封存公布页上的公钥相同。",
         rf"""printf '{_SPKI}%s' "$(part public_key)" | bin |
  openssl pkey -pubin -inform DER -out seal-key.pem
part hash | bin > seal-hash.bin
part signature | bin > seal-signature.bin
openssl dgst -sm3 -verify seal-key.pem -sigopt distid:1234567812345678 \
  -signature seal-signature.bin seal-hash.bin""", "Verified OK"),
)
