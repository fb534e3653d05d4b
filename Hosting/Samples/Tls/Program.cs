// A service over TLS, by HTTP: GET /N answers N bytes. Run it as root, or with CAP_NET_ADMIN, e.g. with
//   --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 --control=/run/tls.sock
// and ask from a peer that routes 10.9.0.1 here: curl --insecure https://10.9.0.1/1000
using ActorStack.Hosting;
using ActorStack.Samples.Tls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

const int HttpsPort = 443;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton(ServerCertificate.Create());
var stack = builder.Services.AddActorStack().AddSqliteJournal().AddConnectionHandler<TlsHandler>("https", HttpsPort);
if (builder.Configuration["control"] is { } path) stack.AddControlSocket(path);
return await builder.Build().RunToExitCodeAsync();
