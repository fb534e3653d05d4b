// A stock ASP.NET Core application for tests and figures: minimal API, WebSocket, SignalR and gRPC. Kestrel serves it over the
// stack (ports 80, 81 without HTTP/1.1 and 443) and, where --plain=ADDRESS is given, over sockets of the operating system too.
// --move=MS moves every connection each so many milliseconds.
using System.Net;
using System.Net.WebSockets;
using ActorStack.AspNetCore;
using ActorStack.AspNetCore.Server;
using ActorStack.Hosting;
using ActorStack.Samples.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
builder.WebHost.UseActorStack();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenActorStack(80);
    kestrel.ListenActorStack(81, http2 => http2.Protocols = HttpProtocols.Http2);
    kestrel.ListenActorStack(443, https => https.UseHttps(ServerCertificate.Create()));
    if (builder.Configuration["plain"] is { } plain) kestrel.Listen(IPAddress.Parse(plain), 80);
});
builder.Services.AddSignalR();
builder.Services.AddGrpc();
if (builder.Configuration.GetValue<int?>("move") is { } interval)
{
    builder.Services.AddHostedService(services => new Mover(
        services.GetRequiredService<IActorStack>(), TimeSpan.FromMilliseconds(interval)));
}

if (builder.Configuration["control"] is { } control) builder.Services.AddActorStack().AddControlSocket(control);

var application = builder.Build();
application.UseWebSockets();
application.MapGet("/plaintext", () => "Hello, World!");
application.MapPost("/echo", (HttpContext http) => http.Request.Body.CopyToAsync(http.Response.Body, http.RequestAborted));
application.MapGet("/page", (int moves) => Results.Text(BrowserPage.Until(moves), "text/html"));
application.MapGet("/moves", async (HttpContext http) => await http.Response.WriteAsync($"{await http.CountMovesAsync()}"));
application.MapGet("/fetch", async (string from, IConnectionFactory connections) =>
{
    await using var connection = await connections.ConnectAsync(IPEndPoint.Parse(from));
    using var text = new StreamReader(connection.Transport.Input.AsStream());
    return await text.ReadToEndAsync();
});
application.Map("/ws", async (HttpContext http) =>
{
    using var socket = await http.WebSockets.AcceptWebSocketAsync();
    var buffer = new byte[64 * 1024];
    while (await socket.ReceiveAsync(buffer, http.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
    {
        await socket.SendAsync(
            buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, http.RequestAborted);
    }

    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, $"{await http.CountMovesAsync()}", CancellationToken.None);
});
application.MapHub<TalkHub>("/hub");
application.MapGrpcService<TalkService>();
return await application.RunToExitCodeAsync();
