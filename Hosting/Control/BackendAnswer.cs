using ActorStack.Hosting.Gateway;

namespace ActorStack.Hosting.Control;

/// <summary>A backend of a gateway as <c>GET /gateways</c> shows it.</summary>
/// <param name="EndPoint">Its address and port.</param>
/// <param name="IsUp">It gets connections.</param>
/// <param name="Connections">Connections to it now, those that are being opened included.</param>
/// <param name="Opened">Connections that were opened to it since the start.</param>
/// <param name="Failed">Attempts that it refused or did not answer in time.</param>
internal sealed record BackendAnswer(string EndPoint, bool IsUp, int Connections, long Opened, long Failed)
{
    public static BackendAnswer Of(Backend backend) =>
        new($"{backend.EndPoint}", backend.IsUp, backend.Connections, backend.Total, backend.Failures);
}
