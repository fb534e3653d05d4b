// A chat whose clients stay connected while the process that serves them is replaced. Run it as root, or with CAP_NET_ADMIN, e.g.
//   --Log=/var/lib/chat.db --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 --ActorStack:TakeOver:Socket=/run/chat.sock
// and open http://10.9.0.1/ in the browsers of peers that route 10.9.0.1 here. For a deploy start the new version with the same
// options and --ActorStack:TakeOver:Enabled=true: the pages stay connected, and no message is missing or there twice.
using ActorStack.Hosting;
using ActorStack.Samples.SharedLog;
using ActorStack.Samples.WebSocketChat;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

const int HttpPort = 80;

var builder = Host.CreateApplicationBuilder(args);
var log = builder.Configuration.GetValue("Log", "chat.db");
builder.Services
    .AddSingleton(TimeProvider.System)
    .AddSingleton(_ => new MessageLog(log))
    .AddSingleton<RoomBells>()
    .AddActorStack()
    .AddConnectionHandler<ChatHandler>("chat", HttpPort, options => options.Socket = socket => socket with
    {
        KeepAlive = true, // finds clients that have gone without a word; unlike pings of a WebSocket it moves with the connection
    });
return await builder.Build().RunToExitCodeAsync();
