namespace ActorStack.Transport.Host;

/// <summary>Which hosts use a secret.</summary>
public enum SecretUse
{
    /// <summary>Several hosts at the same time.</summary>
    Shared,

    /// <summary>This host alone, until it passes the secret on to its successor.</summary>
    Own,

    /// <summary>This host, after another one: cookies of that one are good for as long as a cookie lives.</summary>
    Inherited,
}
