// Server-sent events that go on while the process that sends them is replaced. Run it as root, or with CAP_NET_ADMIN, e.g. with
//   --ActorStack:Tun=as0 --ActorStack:Addresses:0=10.9.0.1/32 --ActorStack:TakeOver:Socket=/run/sse.sock
// and listen from a peer that routes 10.9.0.1 here: curl --no-buffer http://10.9.0.1/
// For a deploy start the new version with the same options and --ActorStack:TakeOver:Enabled=true: curl goes on with the next
// event, from the new process. The same happens with ActorStack:Cluster and a handoff to another node.
using ActorStack.Hosting;
using ActorStack.Samples.ServerSentEvents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

const int HttpPort = 80;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddActorStack().AddConnectionHandler<EventStreamHandler>("events", HttpPort);
return await builder.Build().RunToExitCodeAsync();
