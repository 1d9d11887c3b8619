"""Images/s of the study's autoencoder trained by PyTorch, channels last, with its own Adam. Standard input: JSON
{size, batch, seconds, threads}; standard output: JSON {imagesPerSecond, parameters}."""

import json
import math
import sys
import time

import torch
from torch import nn

job = json.load(sys.stdin)
torch.set_num_threads(job["threads"])
torch.manual_seed(1)
size, batch = job["size"], job["batch"]

side = size
encoder = []
for source, filters in ((3, 32), (32, 32), (32, 32), (32, 16)):
    encoder += [nn.Conv2d(source, filters, 4, padding="same", bias=False), nn.MaxPool2d(2, ceil_mode=True), nn.LeakyReLU(0.3)]
    side = math.ceil(side / 2)
shape = (16, side, side)
dense = [nn.Flatten(), nn.Linear(math.prod(shape), 1200), nn.Linear(1200, math.prod(shape)), nn.Unflatten(1, shape)]
decoder = []
for source, filters in ((16, 16), (16, 32), (32, 32)):
    decoder += [nn.ConvTranspose2d(source, filters, 4, stride=2, padding=1, bias=False), nn.BatchNorm2d(filters, eps=1e-3), nn.Dropout(0.5), nn.ReLU()]
decoder += [nn.ConvTranspose2d(32, 3, 4, stride=2, padding=1), nn.Tanh()]
model = nn.Sequential(*encoder, *dense, *decoder).to(memory_format=torch.channels_last)
adam = torch.optim.Adam(model.parameters(), 2e-4, betas=(0.5, 0.999), eps=1e-7)
surplus = 16 * side - size
first = surplus // 2


def loss_of(films):
    film = (films.float() / 255).expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
    return (model(film)[:, :, first : first + size, first : first + size] - film).abs().mean()


films = torch.randint(0, 256, (batch, 1, size, size), dtype=torch.uint8)


def train():
    adam.zero_grad()
    loss = loss_of(films)
    loss.backward()
    adam.step()
    return loss.item()


for _ in range(2):
    train()
start = time.perf_counter()
steps = 0
while time.perf_counter() - start < job["seconds"]:
    train()
    steps += 1
parameters = sum(each.numel() for each in model.parameters())
print(json.dumps({"imagesPerSecond": steps * batch / (time.perf_counter() - start), "parameters": parameters}))
