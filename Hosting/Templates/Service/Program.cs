using ActorStack.Hosting;
using Company.Service;

// Device, addresses and limits are in appsettings.json, section ActorStack.
var builder = Host.CreateApplicationBuilder(args);
var stack = builder.Services.AddActorStack()
#if (sqlite)
    .AddSqliteJournal()
#endif
#if (postgresql)
    .AddPostgreSqlJournal()
#endif
    .AddConnectionHandler<LineHandler>("lines", 7000);

// By this socket the program `actorstack` lists and moves the connections.
if (builder.Configuration["Control"] is { Length: > 0 } control) stack.AddControlSocket(control);
return await builder.Build().RunToExitCodeAsync();
