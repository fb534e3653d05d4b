using ActorStack.Transport.Engines;

namespace ActorStack.Hosting.Control;

/// <summary>
/// The body of <c>POST /toe/faults</c>: the faults of the emulated TOE. A member that is absent changes nothing.
/// </summary>
/// <param name="RefuseNext">The reason with which the TOE refuses the next connection.</param>
/// <param name="RequestUpload">The reason with which the TOE asks to be rid of a connection.</param>
/// <param name="AfterBytes">The bytes that a connection must carry, in both directions, before the TOE asks to be rid of it or
/// is reset.</param>
/// <param name="ResetDevice">The device loses all its state.</param>
/// <param name="LoseInitiate">The answer to the next initiate is lost.</param>
/// <param name="LoseTerminate">The answer to the next terminate is lost.</param>
/// <param name="TableFull">The table has no free entry until this is false again.</param>
/// <param name="Hung">The device does nothing until this is false again.</param>
internal sealed record ToeFaultsRequest(
    RefusalReason? RefuseNext = null,
    UploadReason? RequestUpload = null,
    long AfterBytes = 0,
    bool ResetDevice = false,
    bool LoseInitiate = false,
    bool LoseTerminate = false,
    bool? TableFull = null,
    bool? Hung = null);
