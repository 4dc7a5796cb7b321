using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Harbor.Load;

/// <summary>Accepts one connection, sends given bytes whatever it is asked, and closes.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread thread;

    public ScriptedServer(string script)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        thread = new Thread(() => Serve(Encoding.ASCII.GetBytes(script))) { IsBackground = true };
        thread.Start();
    }

    public EndPoint EndPoint => listener.LocalEndPoint!;

    public void Dispose()
    {
        thread.Join();
        listener.Dispose();
    }

    private void Serve(byte[] script)
    {
        using var client = listener.Accept();
        client.Receive(new byte[64]);
        client.Send(script);
        client.Shutdown(SocketShutdown.Send);
        // Until the client has closed as well: closing with its requests unread would reset the connection under its last read.
        while (client.Receive(new byte[64]) > 0)
        {
        }
    }
}
