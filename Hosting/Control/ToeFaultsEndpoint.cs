using ActorStack.Transport.Emulation.Toe;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace ActorStack.Hosting.Control;

/// <summary>Answers <c>POST /toe/faults</c>, which injects faults into the emulated TOE.</summary>
internal sealed class ToeFaultsEndpoint(ToeFaults faults) : IControlEndpoints
{
    public void Map(RouteGroupBuilder group) => group.MapPost("/toe/faults", ([FromBody] ToeFaultsRequest request) =>
    {
        if (request.RefuseNext is { } refusal) faults.RefuseNext(refusal);
        if (request.RequestUpload is { } reason) faults.RequestUpload(reason, request.AfterBytes);
        if (request.ResetDevice) faults.ResetDevice(request.AfterBytes);
        if (request.LoseInitiate) faults.LoseInitiate();
        if (request.LoseTerminate) faults.LoseTerminate();
        if (request.TableFull is { } full) faults.IsTableFull = full;
        if (request.Hung is { } hung) faults.IsHung = hung;
        return TypedResults.NoContent();
    });
}
