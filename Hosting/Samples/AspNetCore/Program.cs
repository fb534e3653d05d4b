// A stock ASP.NET Core application over the stack. Run it as root, or with CAP_NET_ADMIN, e.g. with
//   --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 --control=/run/aspnetcore.sock
// and ask from a peer that routes 10.9.0.1 here: curl --no-buffer http://10.9.0.1/where
using ActorStack.AspNetCore;
using ActorStack.Hosting;
using ActorStack.Samples.AspNetCore;
using ActorStack.Samples.Tls;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseActorStack();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenActorStack(80);
    kestrel.ListenActorStack(443, https => https.UseHttps(ServerCertificate.Create()));
});
builder.Services.AddSignalR();
if (builder.Configuration["control"] is { } path) builder.Services.AddActorStack().AddControlSocket(path);

var application = builder.Build();
application.MapGet("/", () => "Hello, World!");
application.MapGet("/where", Whereabouts.Stream);
application.MapHub<ChatHub>("/chat");
return await application.RunToExitCodeAsync();
