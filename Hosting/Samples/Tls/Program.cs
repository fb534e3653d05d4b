// A service over TLS, by HTTP: GET /N answers N bytes. Run it as root, or with CAP_NET_ADMIN, e.g. with
//   --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 --control=/run/tls.sock
// and ask from a peer that routes 10.9.0.1 here: curl --insecure https://10.9.0.1/1000
using System.Net.Security;
using ActorStack.Hosting;
using ActorStack.Samples.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

const int HttpsPort = 443;

var tls = new SslServerAuthenticationOptions { ServerCertificate = ServerCertificate.Create() };
var builder = Host.CreateApplicationBuilder(args);
var stack = builder.Services.AddActorStack().AddConnection("https", HttpsPort, connection => connection
    .UseTls(tls)
    .Run(context => HttpExchange.ServeAsync(context.Transport.AsStream(), context.ConnectionClosedRequested)));
if (builder.Configuration["control"] is { } path) stack.AddControlSocket(path);
return await builder.Build().RunToExitCodeAsync();
