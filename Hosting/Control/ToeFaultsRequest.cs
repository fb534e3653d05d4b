using ActorStack.Transport.Engines;

namespace ActorStack.Hosting.Control;

/// <summary>
/// Body of <c>POST /toe/faults</c>: what the emulated TOE is to get wrong. Members that are absent change nothing.
/// </summary>
/// <param name="RefuseNext">The next connection is refused with this reason.</param>
/// <param name="RequestUpload">A connection is asked to leave for this reason.</param>
/// <param name="AfterBytes">How much a connection has to move first, both ways, before it is asked to leave or the device is
/// reset.</param>
/// <param name="ResetDevice">The device loses all it has.</param>
/// <param name="LoseInitiate">The host never hears that the next connection was taken.</param>
/// <param name="LoseTerminate">The host never hears that the next connection was given back.</param>
/// <param name="TableFull">No entry is free, until this is false again.</param>
/// <param name="Hung">The device does nothing, until this is false again.</param>
internal sealed record ToeFaultsRequest(
    RefusalReason? RefuseNext = null,
    UploadReason? RequestUpload = null,
    long AfterBytes = 0,
    bool ResetDevice = false,
    bool LoseInitiate = false,
    bool LoseTerminate = false,
    bool? TableFull = null,
    bool? Hung = null);
