// SPDX-License-Identifier: Apache-2.0
// Passkeys (W3C Web Authentication Level 2). A form with data-passkey="create" or "get" asks the
// browser for a credential before it is sent, with the options the page carries, and sends it in
// its field `credential`. What went wrong is said by the element with data-passkey-refused.
(() => {
  "use strict";
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const made = async (given) => {
    const options = { ...given, challenge: bytes(given.challenge) };
    options.user = { ...given.user, id: bytes(given.user.id) };
    options.excludeCredentials = known(given.excludeCredentials);
    // One that names its owner, so that it signs in without a password.
    options.authenticatorSelection = {
      ...given.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
    const key = await navigator.credentials.create({ publicKey: options });
    const { response } = key;
    return whole(key, {
      attestationObject: text(response.attestationObject),
      transports: response.getTransports ? response.getTransports() : [],
    });
  };

  const found = async (given) => {
    const options = { ...given, challenge: bytes(given.challenge) };
    options.allowCredentials = known(given.allowCredentials);
    const key = await navigator.credentials.get({ publicKey: options });
    const { response } = key;
    return whole(key, {
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    });
  };

  const whole = (key, response) => ({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment,
    clientExtensionResults: key.getClientExtensionResults(),
    response: { clientDataJSON: text(key.response.clientDataJSON), ...response },
  });

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const refused = form.querySelector("[data-passkey-refused]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      refused.hidden = true;
      try {
        const options = JSON.parse(document.getElementById("passkey-options").textContent);
        const ask = form.dataset.passkey === "create" ? made : found;
        form.elements.credential.value = JSON.stringify(await ask(options.publicKey));
        form.submit();
      } catch {
        refused.hidden = false;
        refused.focus();
      }
    });
  }
})();
