namespace ActorStack.Tests.Common.Arrivals;

/// <summary>What arrives.</summary>
public enum ArrivalKind
{
    Syn,
    SynAck,
    SynFin,

    /// <summary>Acknowledges all that was sent.</summary>
    AckNew,

    /// <summary>Acknowledges SND.UNA again.</summary>
    AckDuplicate,

    /// <summary>Acknowledges one less.</summary>
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

    /// <summary>Text with a timestamp before TS.Recent, on a connection with timestamps; and so those that follow.</summary>
    StaleData,
    StaleAck,
    StaleSyn,
    StaleRst,

    /// <summary>Text with a newer timestamp.</summary>
    FreshData,
}
