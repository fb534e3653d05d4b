using System.Net;

namespace ActorStack.Hosting.Dashboard;

/// <summary>Where the dashboard is served apart from any web server of the application.</summary>
internal sealed record DashboardEndpoint(IPEndPoint EndPoint, DashboardOptions Options);
