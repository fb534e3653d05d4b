namespace ActorStack.Transport.State;

/// <summary>How well one field of the record survived one hop.</summary>
public enum Fidelity : byte
{
    /// <summary>The new owner goes on with the same value.</summary>
    Exact,

    /// <summary>The new owner goes on with a value near it; the entry says how near.</summary>
    Approximate,

    /// <summary>The value did not travel; the new owner finds its own.</summary>
    Lost,
}
