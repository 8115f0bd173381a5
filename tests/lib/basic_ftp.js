// basic_ftp.js - the work of tests/system/test_ftp_matrix.py with basic-ftp.
// node basic_ftp.js MODULE PORT TLS FOLDER, the password in the environment.
const [module_, port, tls, folder] = process.argv.slice(2)
const ftp = require(module_)
const path = (name) => `${folder}/${name}`

async function work(client) {
	await client.access({
		host: "127.0.0.1", port: Number(port), user: "writer",
		password: process.env.PASSWORD, secure: tls === "true",
		secureOptions: { rejectUnauthorized: false },
	})
	for (const entry of await client.list("pub"))
		console.log(entry.name)
	await client.uploadFrom(path("data"), "up/data")
	await client.downloadTo(path("back"), "up/data")
	await client.downloadTo(path("half"), "up/data", 100000)
	await client.appendFrom(path("data"), "up/old", { localStart: 120000 })
	await client.rename("up/before", "up/after")
	await client.remove("up/away")
}

const client = new ftp.Client(20000)
work(client).catch((error) => {
	console.error(error)
	process.exitCode = 1
}).finally(() => client.close())
