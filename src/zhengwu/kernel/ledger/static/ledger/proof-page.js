/* The page around the check: a file or pasted text in, a verdict out. Nothing leaves the browser. */
(function () {
  "use strict";
  const box = document.getElementById("proof-check");
  if (!box) return;
  const part = (name) => box.querySelector("[data-" + name + "]");
  const text = part("text"), file = part("file"), root = part("root"), verdict = part("verdict");
  const keys = (box.dataset.keys || "").split(",").filter(Boolean);

  function line(parent, tag, words, name) {
    const made = document.createElement(tag);
    made.textContent = words;
    if (name) made.className = name;
    parent.append(made);
    return made;
  }
  function local(moment) {
    const at = new Date(moment);
    return isNaN(at) ? moment : at.toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", hour12: false });
  }
  function facts(proof) {
    const list = line(verdict, "dl", "", "ledger-facts"), event = proof.get("event"), seal = proof.get("seal");
    const rows = [
      ["编号", event.get("stream") + "，第 " + event.get("seq") + " 个事件"],
      ["事件", event.get("kind")], ["时间", local(event.get("at"))],
      ["操作者", [event.get("by").get("label"), event.get("by").get("unit")].filter(Boolean).join("，")],
      ["封存", "第 " + seal.get("number") + " 号，" + local(seal.get("at")) + "，共 " + seal.get("count") + " 个事件"],
      ["根摘要", seal.get("root")], ["密钥标识", seal.get("key_id")]];
    for (const [name, value] of rows) { line(list, "dt", name); line(list, "dd", value); }
  }
  function show() {
    verdict.replaceChildren();
    if (!text.value.trim()) {
      line(verdict, "p", "请先选择证明文件，或把证明的内容粘贴到上面的框里。", "ledger-bad");
      return;
    }
    const { findings, proof } = ZhengwuProof.check(text.value, { root: root.value, keys });
    if (findings.length) {
      line(verdict, "p", "■ 证明不成立", "ledger-bad");
      const list = line(verdict, "ul", "");
      for (const finding of findings) line(list, "li", finding);
      return;
    }
    line(verdict, "p", "● 证明成立：内容自写入起没有改动，签名正确", "ledger-good");
    if (!root.value.trim()) line(verdict, "p", "再把下面的根摘要与公布的封存核对一次，就可确认封存本身没有被替换。");
    facts(proof);
  }
  file.addEventListener("change", async () => {
    if (file.files.length) { text.value = await file.files[0].text(); show(); }
  });
  part("go").addEventListener("click", show);
})();
