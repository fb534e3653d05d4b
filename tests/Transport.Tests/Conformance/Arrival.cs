namespace ActorStack.Transport.Tests.Conformance;

/// <summary>What arrives.</summary>
public enum Arrival
{
    Syn,
    SynAck,

    /// <summary>Acknowledges all that was sent.</summary>
    AckNew,

    /// <summary>Acknowledges SND.UNA again.</summary>
    AckDuplicate,

    /// <summary>Acknowledges less than SND.UNA, by less than the largest window.</summary>
    AckOld,

    /// <summary>Acknowledges what was never sent.</summary>
    AckFuture,
    Data,
    DataFin,
    Fin,
    Rst,
    RstAck,

    /// <summary>Text with the URG bit.</summary>
    Urgent,

    /// <summary>Text without any control bit.</summary>
    NoFlags,

    /// <summary>Text with a timestamp before TS.Recent.</summary>
    StaleTimestamp,

    /// <summary>A RST with a timestamp before TS.Recent.</summary>
    StaleRst,
}
