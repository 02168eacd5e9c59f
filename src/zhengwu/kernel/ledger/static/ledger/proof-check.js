/* The rules of a proof (see zhengwu/kernel/ledger/proof.py), on top of proof-core.js. */
(function (outside) {
  "use strict";
  const { utf8, hexOf, fromHex, join, sm3, sm2Verify, parse, canonical } =
    outside.ZhengwuCrypto || require("./proof-core.js");
  const ZERO = "0".repeat(64);
  const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
  const TOP = { format: "text", status: "text", event: "object", prev: "text", hash: "text" };
  const EVENT = { at: "text", by: "object", data: "object", kind: "text", seq: "number", stream: "text" };
  const BY = { id: "text", label: "text", unit: "text" };
  const LEAF = { index: "number", count: "number", path: "list" };
  const SEAL = { number: "number", first: "number", upto: "number", count: "number", root: "text", prev_hash: "text",
    at: "text", hash: "text", key_id: "text", public_key: "text", signature: "text" };
  const SEALED = ["number", "first", "upto", "count", "root", "prev_hash", "at"];
  const PENDING = "该事件尚未封存：摘要可以核对，但还没有签名的封存根为它作证，请在封存后重新下载证明";

  function kindOf(value) {
    if (value instanceof Map) return "object";
    if (Array.isArray(value)) return "list";
    return { string: "text", bigint: "number" }[typeof value] || "other";
  }
  function fields(value, wanted, where) {
    if (!(value instanceof Map)) throw new Error(where + "缺失或不是对象");
    for (const name of Object.keys(wanted)) {
      if (kindOf(value.get(name)) !== wanted[name]) throw new Error(where + "的“" + name + "”缺失或类型不对");
    }
    for (const name of value.keys()) {
      if (!Object.hasOwn(wanted, name)) throw new Error(where + "含有不认识的内容“" + name + "”");
    }
  }
  function hex(value, size, where) {
    if (typeof value !== "string" || !/^(?:[0-9a-f]{2})*$/.test(value) || (size && value.length !== 2 * size)) {
      throw new Error(where + "不是" + (size ? size + "字节的" : "") + "小写十六进制");
    }
    return fromHex(value);
  }
  function moment(value, where) {
    if (!MOMENT.test(value)) throw new Error(where + "不是规定格式的时间");
  }

  function checkEvent(event, prev, digest) {
    fields(event, EVENT, "事件");
    fields(event.get("by"), BY, "操作者");
    moment(event.get("at"), "事件时间");
    const findings = [], seq = event.get("seq");
    if (seq < 1n || (seq === 1n) !== (prev === ZERO)) findings.push("事件序号与上一事件摘要不相符");
    const found = sm3(join(fromHex(prev), utf8(canonical(event))));
    if (hexOf(found) !== digest) findings.push("事件内容与其摘要不符：内容或摘要被改动过");
    return findings;
  }
  function rootFrom(digest, place, total, path) {
    let found = sm3(join([0], digest)), index = place, width = total, used = 0;
    if (index < 0n || index >= width) return null;
    while (width > 1n) {
      const right = (index & 1n) === 1n;
      if (right || index + 1n < width) {
        if (used === path.length) return null;
        found = sm3(right ? join([1], path[used], found) : join([1], found, path[used]));
        used++;
      }
      index >>= 1n;
      width = (width + 1n) >> 1n;
    }
    return used === path.length ? hexOf(found) : null;
  }
  function checkLeaf(leaf, seal, digest) {
    const path = leaf.get("path").map((step) => hex(step, 32, "路径中的摘要"));
    hex(seal.get("root"), 32, "根摘要");
    if (leaf.get("count") !== seal.get("count")) return ["树中位置与封存的事件数不一致"];
    const found = rootFrom(fromHex(digest), leaf.get("index"), leaf.get("count"), path);
    if (found === null) return ["路径长度与树中位置不相符"];
    return found === seal.get("root") ? [] : ["由事件摘要和路径算出的根与封存的根摘要不符"];
  }
  function checkSeal(seal) {
    moment(seal.get("at"), "封存时间");
    hex(seal.get("prev_hash"), 32, "上一封存摘要");
    const digest = hex(seal.get("hash"), 32, "封存摘要"), signature = hex(seal.get("signature"), 0, "签名");
    const key = hex(seal.get("public_key"), 65, "公钥");
    const findings = [], number = seal.get("number");
    if (number < 1n || (number === 1n) !== (seal.get("prev_hash") === ZERO)) findings.push("封存号与上一封存摘要不相符");
    const said = new Map(SEALED.map((name) => [name, seal.get(name)]));
    if (hexOf(sm3(utf8(canonical(said)))) !== seal.get("hash")) findings.push("封存内容与封存摘要不符");
    if (hexOf(sm3(key)).slice(0, 16) !== seal.get("key_id")) findings.push("密钥标识与公钥不符");
    if (!sm2Verify(seal.get("public_key"), digest, signature)) findings.push("封存的SM2签名不正确");
    return findings;
  }
  function examine(proof, options) {
    const pending = proof instanceof Map && proof.get("status") === "pending";
    fields(proof, pending ? TOP : { ...TOP, leaf: "object", seal: "object" }, "证明");
    if (proof.get("format") !== "zhengwu-proof/1") throw new Error("不是本系统的证明格式，或版本不认识");
    if (!pending && proof.get("status") !== "sealed") throw new Error("证明的状态不认识");
    hex(proof.get("hash"), 32, "事件摘要");
    hex(proof.get("prev"), 32, "上一事件摘要");
    const findings = checkEvent(proof.get("event"), proof.get("prev"), proof.get("hash"));
    if (pending) return [...findings, PENDING];
    const seal = proof.get("seal");
    fields(proof.get("leaf"), LEAF, "树中位置");
    fields(seal, SEAL, "封存");
    findings.push(...checkLeaf(proof.get("leaf"), seal, proof.get("hash")), ...checkSeal(seal));
    const root = (options.root || "").trim().toLowerCase();
    if (root && seal.get("root") !== root) findings.push("第" + seal.get("number") + "号封存的根摘要与公布的不一致");
    if (options.keys && options.keys.length && !options.keys.includes(seal.get("public_key"))) {
      findings.push("签名公钥不是受信任的公钥");
    }
    return findings;
  }

  /** text: the proof file; options.root: published root (hex); options.keys: public keys one believes. */
  function check(text, options) {
    let proof = null;
    try {
      proof = parse(text);
    } catch (error) {
      return { findings: ["文件不是合格的JSON"], proof: null };
    }
    try {
      return { findings: examine(proof, options || {}), proof };
    } catch (error) {
      return { findings: [error.message], proof };
    }
  }
  outside.ZhengwuProof = { check };
  if (typeof module !== "undefined") module.exports = outside.ZhengwuProof;
})(typeof globalThis === "undefined" ? this : globalThis);
