using System.Security.Cryptography;
using System.Text;
using ActorStack.Hosting.Control;
using Microsoft.AspNetCore.Http;

namespace ActorStack.Hosting.Dashboard;

/// <summary>
/// Refuses a request to move a connection that does not come from the dashboard's own page: another site that is open in the
/// same browser could send one with the operator's credentials.
/// </summary>
/// <param name="token">The secret that a request must have; null: none.</param>
internal sealed class ActionGuard(string? token)
{
    public const string TokenHeader = "X-ActorStack-Token";

    private readonly byte[]? _token = token is null ? null : Encoding.UTF8.GetBytes(token);

    /// <summary>Returns the reason for a refusal; null: the request may go on.</summary>
    public ControlProblem? WhyRefused(HttpRequest request)
    {
        if (!IsSameOrigin(request))
            return Forbidden("The request comes from another site.", "Move connections on the dashboard's own page.");

        // A form of another site cannot send JSON without asking first, which the dashboard never permits.
        if (!request.HasJsonContentType())
            return Forbidden("The request has no JSON.", "Send it with `Content-Type: application/json`.");
        if (_token is not null && !CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(Given(request))))
            return Forbidden("The page has no valid token.", "Open the address that the service prints at its start.");
        return null;
    }

    private static bool IsSameOrigin(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site != "same-origin") return false;
        return request.Headers.Origin.ToString() is not { Length: > 0 } origin
            || string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.ToString());
    }

    private static string Given(HttpRequest request) => request.Headers[TokenHeader].ToString();

    private static ControlProblem Forbidden(string detail, string whatToDo) =>
        new("about:blank", "Not permitted", StatusCodes.Status403Forbidden, detail, whatToDo);
}
