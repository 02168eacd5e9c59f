/* Checks a ledger proof with nothing but the proof: SM3, RFC 6962 Merkle path, SM2 signature.
 * The same rules as zhengwu/kernel/ledger/proof.py; runs in a page, in the stand-alone page, and in node.
 * ZhengwuProof.check(text, {root, keys}) -> {findings: [Chinese sentences], proof}; no findings = it holds. */
(function (outside) {
  "use strict";

  // ---- bytes ---------------------------------------------------------------------------------------------------
  const utf8 = (text) => new TextEncoder().encode(text);
  const hexOf = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  const fromHex = (hex) => Uint8Array.from(hex.match(/../g) || [], (two) => parseInt(two, 16));
  function join(...parts) {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  }
  const toBig = (bytes) => bytes.length ? BigInt("0x" + hexOf(bytes)) : 0n;
  const big32 = (n) => fromHex(n.toString(16).padStart(64, "0"));

  // ---- SM3, GB/T 32905 -----------------------------------------------------------------------------------------
  const roll = (x, n) => ((x << (n & 31)) | (x >>> ((32 - n) & 31))) >>> 0;
  function sm3(message) {
    const bits = message.length * 8;
    const padded = new Uint8Array(((message.length + 8 >> 6) + 1) * 64);
    padded.set(message);
    padded[message.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(padded.length - 4, bits >>> 0);
    let v = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
    const w = new Uint32Array(68);
    for (let block = 0; block < padded.length; block += 64) {
      for (let j = 0; j < 16; j++) w[j] = view.getUint32(block + 4 * j);
      for (let j = 16; j < 68; j++) {
        const x = w[j - 16] ^ w[j - 9] ^ roll(w[j - 3], 15);
        w[j] = x ^ roll(x, 15) ^ roll(x, 23) ^ roll(w[j - 13], 7) ^ w[j - 6];
      }
      let [a, b, c, d, e, f, g, h] = v;
      for (let j = 0; j < 64; j++) {
        const t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
        const ss1 = roll((roll(a, 12) + e + roll(t, j % 32)) >>> 0, 7);
        const ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
        const gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
        const tt1 = (ff + d + (ss1 ^ roll(a, 12)) + (w[j] ^ w[j + 4])) >>> 0;
        const tt2 = (gg + h + ss1 + w[j]) >>> 0;
        d = c; c = roll(b, 9); b = a; a = tt1;
        h = g; g = roll(f, 19); f = e; e = (tt2 ^ roll(tt2, 9) ^ roll(tt2, 17)) >>> 0;
      }
      v = [a, b, c, d, e, f, g, h].map((x, i) => (x ^ v[i]) >>> 0);
    }
    return fromHex(v.map((x) => x.toString(16).padStart(8, "0")).join(""));
  }

  // ---- SM2 verification, GB/T 32918.2 --------------------------------------------------------------------------
  const P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFFn;
  const N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123n;
  const A = P - 3n;
  const B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93n;
  const GX = 0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7n;
  const GY = 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0n;
  const mod = (x) => ((x % P) + P) % P;
  function inverse(x) {
    let [a, b, u, v] = [mod(x), P, 1n, 0n];
    while (a > 1n) { const q = b / a; [a, b, u, v] = [b - q * a, a, v - q * u, u]; }
    return mod(u);
  }
  // Points are [X, Y, Z] with x = X/Z², y = Y/Z³; Z = 0 is infinity.
  function twice([x, y, z]) {
    if (z === 0n || y === 0n) return [1n, 1n, 0n];
    const yy = mod(y * y), s = mod(4n * x * yy), m = mod(3n * (x - z * z) * (x + z * z));
    const x3 = mod(m * m - 2n * s);
    return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)];
  }
  function add(p, q) {
    if (p[2] === 0n) return q;
    if (q[2] === 0n) return p;
    const z1 = mod(p[2] * p[2]), z2 = mod(q[2] * q[2]);
    const u1 = mod(p[0] * z2), u2 = mod(q[0] * z1);
    const s1 = mod(p[1] * z2 * q[2]), s2 = mod(q[1] * z1 * p[2]);
    if (u1 === u2) return s1 === s2 ? twice(p) : [1n, 1n, 0n];
    const h = mod(u2 - u1), r = mod(s2 - s1), h2 = mod(h * h), h3 = mod(h * h2), v = mod(u1 * h2);
    const x = mod(r * r - h3 - 2n * v);
    return [x, mod(r * (v - x) - s1 * h3), mod(p[2] * q[2] * h)];
  }
  function times(k, point) {
    let sum = [1n, 1n, 0n];
    for (const bit of k.toString(2)) { sum = twice(sum); if (bit === "1") sum = add(sum, point); }
    return sum;
  }
  function derPair(der) {
    if (der.length < 8 || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
    const found = [];
    let at = 2;
    for (let i = 0; i < 2; i++) {
      const size = der[at + 1];
      const number = der.slice(at + 2, at + 2 + size);
      if (der[at] !== 2 || !size || size > 33 || number.length !== size || number[0] & 0x80) return null;
      if (number[0] === 0 && (size === 1 || !(number[1] & 0x80))) return null;
      found.push(toBig(number));
      at += 2 + size;
    }
    return at === der.length ? found : null;
  }
  function sm2Verify(publicHex, message, signature) {
    const raw = fromHex(publicHex), pair = derPair(signature);
    if (raw.length !== 65 || raw[0] !== 4 || !pair) return false;
    const [r, s] = pair, x = toBig(raw.slice(1, 33)), y = toBig(raw.slice(33));
    if (x >= P || y >= P || mod(y * y - x * x * x - A * x - B) !== 0n) return false;
    if (r < 1n || r >= N || s < 1n || s >= N) return false;
    const identity = utf8("1234567812345678");
    const z = sm3(join([0, identity.length * 8], identity, big32(A), big32(B), big32(GX), big32(GY), raw.slice(1)));
    const e = toBig(sm3(join(z, message))), t = (r + s) % N;
    if (t === 0n) return false;
    const point = add(times(s, [GX, GY, 1n]), times(t, [x, y, 1n]));
    if (point[2] === 0n) return false;
    const over = inverse(point[2]);
    return (e + mod(point[0] * over * over)) % N === r;
  }

  // ---- JSON with whole numbers of any size, no twin keys, no floats --------------------------------------------
  function parse(text) {
    let at = 0;
    const fail = () => { throw new SyntaxError("不是合格的JSON（位置 " + at + "）"); };
    const take = (pattern) => {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found) at += found[0].length;
      return found && found[0];
    };
    const space = () => take(/[ \t\n\r]*/y);
    function string() {
      const raw = take(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
      return raw === null ? fail() : JSON.parse(raw);
    }
    function list(end, one) {
      at++; space();
      if (text[at] === end) { at++; return; }
      for (;;) {
        space(); one(); space();
        const next = text[at++];
        if (next === end) return;
        if (next !== ",") fail();
      }
    }
    function value(depth) {
      if (depth > 64) fail();
      const char = text[at];
      if (char === '"') return string();
      if (char === "[") { const found = []; list("]", () => found.push(value(depth + 1))); return found; }
      if (char === "{") {
        const found = new Map();
        list("}", () => {
          const key = string();
          space();
          if (text[at++] !== ":" || found.has(key)) fail();
          space();
          found.set(key, value(depth + 1));
        });
        return found;
      }
      const word = take(/true|false|null/y);
      if (word) return { true: true, false: false, null: null }[word];
      const number = take(/-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y);
      return number === null ? fail() : BigInt(number);
    }
    space();
    const found = value(0);
    space();
    return at === text.length ? found : fail();
  }
  function byCodePoint(left, right) {
    const a = Array.from(left, (c) => c.codePointAt(0)), b = Array.from(right, (c) => c.codePointAt(0));
    for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
    return a.length - b.length;
  }
  function canonical(value) {
    if (typeof value === "bigint") return value.toString();
    if (typeof value === "string") {
      if (/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) {
        throw new SyntaxError("含有不能计算的字符");
      }
      return JSON.stringify(value);
    }
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value instanceof Map) {
      const keys = [...value.keys()].sort(byCodePoint);
      return "{" + keys.map((key) => canonical(key) + ":" + canonical(value.get(key))).join(",") + "}";
    }
    return String(value);
  }

  outside.ZhengwuCrypto = { utf8, hexOf, fromHex, join, sm3, sm2Verify, parse, canonical };
  if (typeof module !== "undefined") module.exports = outside.ZhengwuCrypto;
})(typeof globalThis === "undefined" ? this : globalThis);
