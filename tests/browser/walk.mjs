// The whole way of an administrator, from the set-up link to a provisioned user and a day at the pages.
import { ask, check, look, open, still, world } from "./browser.mjs";

const { browser, page, complaints } = await open();
const PASSWORD = "correct horse battery";
let steps = 0;
const did = (count = 1) => { steps += count; };
const text = async (locator) => (await page.locator(locator).first().innerText()).trim();
const shows = (words, within = "main") => page.locator(within).getByText(words).first().waitFor();

// The set-up link, once.
await page.goto(world.setup);
await look(page, "first-administrator");
await page.getByLabel("Name").fill("ada");
await page.getByLabel("Password").fill("short");
await page.getByRole("button", { name: "Make the first administrator" }).click();
await shows("12");
check((await page.getByLabel("Name").inputValue()) === "ada", "the name that was typed is gone");
await page.getByLabel("Password").fill(PASSWORD);
did(2);
await page.getByRole("button", { name: "Make the first administrator" }).click();
did();

// An app.
await shows("A new app");
await look(page, "new-app");
await page.getByLabel("Name").fill("<script>alert(1)</script>");
await page.getByRole("button", { name: "Make the app" }).click();
await shows("letters, digits, spaces");
check((await page.getByLabel("Name").inputValue()) === "<script>alert(1)</script>", "what was typed is gone");
await look(page, "new-app-refused");
await page.getByLabel("Name").fill("Okta production");
did();
await page.getByRole("button", { name: "Make the app" }).click();
did();

// Okta.
await shows("Waiting for Okta");
const baseUrl = await text("#base-url");
const token = await text("#token");
await page.getByRole("button", { name: "Copy the token" }).click();
did(2);
await shows("Copied");
const copied = await page.evaluate(() => navigator.clipboard.readText());
check(copied === token, `copied ${copied.length} characters that are not the token`);
await look(page, "connect");
await ask("test-credentials", { "base-url": baseUrl, token });
did();
await shows("Connected");
await look(page, "connected");
await page.getByRole("link", { name: "Next: add a target" }).click();
did();

// A target: refused, then tested, then kept. Nothing typed is lost on the way.
await shows("A product to provision into");
await page.getByLabel("Name", { exact: false }).first().fill("jira");
await page.getByLabel("Product").selectOption("jira");
await page.getByLabel("Address").fill(world.jira.url);
await page.getByLabel("User name").fill(world.jira.username);
did(4);
await page.getByLabel("Password").fill("wrong");
await page.getByRole("button", { name: "Test the connection" }).click();
await page.locator("#tried [role=alert]").waitFor();
check((await page.getByLabel("Password").inputValue()) === "wrong", "the password that was typed is gone");
await look(page, "target-refused");
await page.getByLabel("Password").fill(world.jira.password);
await page.getByRole("button", { name: "Test the connection" }).click();
did(2);
await shows("It answers: version");
check(!(await page.content()).includes(`value="${world.jira.password}"`), "the password is in the page");
await look(page, "target-tested");
await page.getByRole("button", { name: "Save, and go on" }).click();
did();

// Options: the standard rules' settings, tried while they are typed.
await shows("Provisioning options");
await page.getByRole("button", { name: "Add a row to Username rules" }).click();
did();
await page.getByLabel("Pattern").fill("(.*)@.*");
await page.getByLabel("Replacement").fill("$1");
did(2);
await page.getByLabel("User names").fill("grace.hopper@example.com");
await page.locator("#tried").getByText("grace.hopper", { exact: true }).waitFor();
await look(page, "options");
await page.getByLabel("Default groups").fill("everybody");
did();
await page.getByLabel("Pattern").fill("(");
await page.getByRole("button", { name: "Save, and preview" }).last().click();
await page.locator("[aria-invalid=true]").first().waitFor();
check((await page.getByLabel("Pattern").inputValue()) === "(", "the pattern that was typed is gone");
check((await page.getByLabel("Default groups").inputValue()).trim() === "everybody", "the groups that were typed are gone");
await look(page, "options-refused");
await page.getByLabel("Pattern").fill("(.*)@.*");
await page.getByRole("button", { name: "Save, and preview" }).last().click();
did();

// Preview, and go.
await shows("would change");
await look(page, "preview-of-nothing");
await page.getByRole("button", { name: "Make exactly this live" }).click();
did();
await shows("Set up.");
const { account } = await ask("assign", { "base-url": baseUrl, token });
did();
check(account === "grace.hopper", `the account is ${account}`);

// Every day: all is well, and who is where.
await page.goto("/admin");
await shows("all is well");
await look(page, "overview");
const app = "/admin/apps/Okta%20production";
await page.goto(app + "/people");
await shows("as wanted: grace.hopper");
await look(page, "people");
await page.getByRole("link", { name: /grace\.hopper/ }).click();
await shows("account grace.hopper");
await shows("user.create");
await look(page, "person");
await page.goto(app + "/people?kind=groups");
await shows("engineering");
await look(page, "groups");
await page.goto(app + "/people?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
await shows("nobody like that");
await page.goto(app + "/activity");
await page.getByLabel("What begins with").fill("PUT");
await page.getByRole("button", { name: "Filter" }).click();
await shows("/targets/{target}");
check((await page.getByText("user.create").count()) === 0, "the filter lets others through");
await look(page, "activity");

// Something goes wrong, and is mended.
const { refused } = await ask("break", { "base-url": baseUrl, token });
await page.goto(app + "/failures");
await shows(refused);
await look(page, "failures");
await ask("mend");
await page.getByRole("button", { name: /Try all of it again/ }).click();
await shows("tried again");
await ask("settled");
await page.goto(app + "/failures");
await shows("Nothing failed");

// Somebody who left wants their name gone.
const { leaver } = await ask("leaves");
await page.goto(`${app}/people/${leaver}`);
await page.getByText("Anonymise the account in jira").click();
await look(page, "leaver");
await page.getByLabel("User name of the account").fill("someone.else");
await page.getByRole("button", { name: "Anonymise" }).click();
await page.locator("[role=alert]").waitFor();
await page.getByText("Anonymise the account in jira").click();
await page.getByLabel("User name of the account").fill("joan.clarke");
await page.getByRole("button", { name: "Anonymise" }).click();
await shows("is being anonymised");
await ask("settled");
await page.goto(`${app}/people/${leaver}`);
check((await page.getByText("Anonymise the account in jira").count()) === 0, "it is offered again");
await look(page, "anonymised");

// The target, drift, and what it can do.
await page.goto(app + "/targets/jira");
await page.getByRole("button", { name: "Test the connection" }).click();
await shows("It answers: version");
await ask("drift");
await page.getByRole("button", { name: "Look for drift" }).click();
await shows("not as they were left");
await look(page, "drift");
await page.getByRole("button", { name: "Bring it about again" }).click();
await shows("brought about again");
await page.getByRole("link", { name: "How it is reached" }).click();
await shows("Leave the secrets empty");
await look(page, "target-edit");

// The engineer's Tuesday: other settings by the form, other rules, grants, shadow, canary, and back.
await page.goto(app + "/rules");
await look(page, "rules");
await page.locator("main").getByRole("link", { name: "Settings" }).first().click();
await page.getByLabel("Name", { exact: true }).fill("jira");
await page.getByRole("button", { name: "Add to Per target" }).click();
await page.getByLabel("Another setting for jira").selectOption("default-groups");
await page.getByRole("button", { name: "Add", exact: true }).click();
await page.getByRole("textbox", { name: "Default groups" }).last().fill("everybody\npilots");
await look(page, "settings-per-target");
await page.getByRole("button", { name: "Save, and preview" }).last().click();
await shows("memberships added");
await look(page, "preview");
await page.getByRole("button", { name: "Make exactly this live" }).click();
await shows("decides now");
await page.getByRole("button", { name: "Go back to the version before" }).click();
await shows("decides again");
await page.setInputFiles("#component", world.component);
await page.getByRole("button", { name: "Check and keep it" }).click();
await shows("It can ask the host for");
await look(page, "version");
// Rules that are not ours get their form the same way.
await page.locator("main").getByRole("link", { name: "Settings" }).click();
await shows("Settings of freeze");
check((await page.locator("#json").count()) === 0, "the settings of other rules are no form");
await look(page, "settings-of-others");
await page.goBack();
await page.getByLabel("Grants, as JSON").fill("{");
await page.getByRole("button", { name: "Keep as another version" }).click();
await shows("this is not JSON");
check((await page.getByLabel("Grants, as JSON").inputValue()) === "{", "the grants that were typed are gone");
await page.getByRole("button", { name: "Let it decide beside" }).click();
await shows("decides beside the one in force from now on");
await page.getByRole("button", { name: "Let it decide about this share" }).click();
await shows("about its share from now on");
await page.getByRole("button", { name: "About nobody any longer" }).click();
await shows("about nobody any longer");
await page.goto(app + "/rules");
await page.setInputFiles("#component", { name: "x.wasm", mimeType: "application/wasm", buffer: Buffer.from("no component") });
await page.getByRole("button", { name: "Check and keep it" }).click();
await page.getByRole("alert").waitFor();
await look(page, "rules-refused");

// What an administrator sets, and who may.
await page.goto(app + "/settings");
await page.getByLabel("Brake: per cent of all users").fill("300");
await page.getByLabel("Accounts, one in each line").fill("admin");
await page.getByRole("button", { name: "Keep" }).click();
await page.locator("[aria-invalid=true]").waitFor();
check((await page.getByLabel("Brake: per cent of all users").inputValue()) === "300", "the number that was typed is gone");
check((await page.getByLabel("Accounts, one in each line").inputValue()) === "admin", "the accounts that were typed are gone");
await look(page, "settings-refused");
await page.getByLabel("Brake: per cent of all users").fill("20");
await page.getByRole("button", { name: "Keep" }).click();
await shows("Kept.");
await page.goto(app + "/secrets");
await page.getByText("Another secret").click();
await page.locator("#name").fill("hr");
await page.locator("#origins").fill("https://hr.example.com");
await page.locator("#value").fill("Bearer hidden-from-everybody");
await page.getByRole("button", { name: "Keep" }).click();
await shows("Rules that are granted hr");
check(!(await page.content()).includes("hidden-from-everybody"), "a secret comes back");
await page.getByText("Another client").click();
await page.locator("#client").fill("entra");
await page.getByRole("button", { name: "Make" }).click();
await shows("client_secret");
await look(page, "secrets");
await page.goto("/admin/access");
await page.getByText("Another administrator").click();
await page.locator("#new-name").fill("vera");
await page.locator("#new-password").fill(PASSWORD);
await page.getByRole("button", { name: "Make" }).first().click();
await shows("vera may sign in now");
await page.getByText("Another API token").click();
await page.locator("#token-name").fill("ci");
await page.getByRole("button", { name: "Make" }).last().click();
await shows("tga_");
await look(page, "access");
await page.goto("/admin/activity");
await shows("POST /administrators");
await look(page, "activity-of-everything");

// By keyboard alone: the first stop skips to the content, and each stop can be seen.
await page.goto("/admin");
await page.keyboard.press("Tab");
check((await page.evaluate(() => document.activeElement.className)) === "skip", "the first stop is not the skip link");
await page.keyboard.press("Enter");
await page.keyboard.press("Tab");
check(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)), "the skip link leads nowhere");
for (const path of ["/admin", app + "/people", app + "/connect", app + "/rules/1/settings"]) await still(page, path);

// A viewer sees, and does nothing; then nobody is signed in.
await page.getByRole("button", { name: "Sign out" }).click();
await page.getByLabel("Name").fill("vera");
await page.getByLabel("Password").fill(PASSWORD);
await page.getByRole("button", { name: "Sign in" }).click();
await page.goto(app + "/rules");
check((await page.getByRole("button", { name: "Check and keep it" }).count()) === 0, "a viewer is shown an administrator's form");
await page.getByRole("button", { name: "Sign out" }).click();
await look(page, "sign-in");
check(complaints.length === 0, complaints.join("\n"));
await ask("done", { steps });
await browser.close();
process.exit(0);
